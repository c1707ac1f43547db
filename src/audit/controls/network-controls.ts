import type { Control } from './control.ts';

/** Places 10 to 15: networks and the organization. Patterns are verbatim. */
export const networkControls: readonly Control[] = [
  {
    slug: 'security-group-changes',
    place: 10,
    title: 'Changes of security groups are noticed',
    intent: 'Security groups decide which hosts the world can reach.',
    advice:
      'A firewall rule around instances changed. Look for ports opened to 0.0.0.0/0 or ::/0 and close what nobody asked for.',
    securityHub: 'CloudWatch.10',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) }',
      },
      {
        since: '5.0.0',
        pattern:
          '{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) || ($.eventName = ModifySecurityGroupRules) }',
      },
    ],
    accepted: [],
  },
  {
    slug: 'network-acl-changes',
    place: 11,
    title: 'Changes of network ACLs are noticed',
    intent: 'Network ACLs decide what enters and leaves a subnet.',
    advice: 'The packet filter of a subnet changed. Check that it still keeps out what it kept out before.',
    securityHub: 'CloudWatch.11',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || ($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || ($.eventName = ReplaceNetworkAclEntry) || ($.eventName = ReplaceNetworkAclAssociation) }',
      },
    ],
    accepted: [],
  },
  {
    slug: 'network-gateway-changes',
    place: 12,
    title: 'Changes of network gateways are noticed',
    intent: 'A gateway is a new way in and out of a network.',
    advice:
      'An internet or customer gateway was made, attached or removed. Check that no network got a way out that it should not have.',
    securityHub: 'CloudWatch.12',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) || ($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || ($.eventName = DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }',
      },
    ],
    accepted: [],
  },
  {
    slug: 'route-table-changes',
    place: 13,
    title: 'Changes of route tables are noticed',
    intent: 'A changed route can lead traffic to somebody else.',
    advice:
      'Traffic of a network now goes another way. Check where the new routes end, and that nothing private leaves through them.',
    securityHub: 'CloudWatch.13',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }',
      },
      {
        since: '3.0.0',
        pattern:
          '{($.eventSource = ec2.amazonaws.com) && ($.eventName =CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName =ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName= DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName =DisassociateRouteTable) }',
      },
    ],
    // The remediation's command has another pattern than the audit's text.
    alsoPrinted: [
      {
        since: '3.0.0',
        pattern:
          '{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }',
      },
    ],
    accepted: [
      '{ ($.eventSource = ec2.amazonaws.com) && (($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable)) }',
      '{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }',
    ],
  },
  {
    slug: 'vpc-changes',
    place: 14,
    title: 'Changes of VPCs are noticed',
    intent: 'New networks and peerings change who can reach whom.',
    advice:
      'A network was made, changed, removed or peered with another. Check that both sides of every peering are yours.',
    securityHub: 'CloudWatch.14',
    since: '1.2.0',
    canonical: [
      {
        since: '1.2.0',
        pattern:
          '{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = CreateVpcPeeringConnection) || ($.eventName = DeleteVpcPeeringConnection) || ($.eventName = RejectVpcPeeringConnection) || ($.eventName = AttachClassicLinkVpc) || ($.eventName = DetachClassicLinkVpc) || ($.eventName = DisableVpcClassicLink) || ($.eventName = EnableVpcClassicLink) }',
      },
    ],
    accepted: [],
    retired: ['AttachClassicLinkVpc', 'DetachClassicLinkVpc', 'DisableVpcClassicLink', 'EnableVpcClassicLink'],
  },
  {
    slug: 'organizations-changes',
    place: 15,
    title: 'Changes of the organization are noticed',
    intent: 'Accounts and the guard rails around them can be moved or removed.',
    advice:
      'An account or policy of the organization changed. Check that no account left, and that no guard rail came off.',
    securityHub: null,
    since: '1.3.0',
    canonical: [
      {
        since: '1.3.0',
        pattern:
          '{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = "AcceptHandshake") || ($.eventName = "AttachPolicy") || ($.eventName = "CreateAccount") || ($.eventName = "CreateOrganizationalUnit") || ($.eventName = "CreatePolicy") || ($.eventName = "DeclineHandshake") || ($.eventName = "DeleteOrganization") || ($.eventName = "DeleteOrganizationalUnit") || ($.eventName = "DeletePolicy") || ($.eventName = "DetachPolicy") || ($.eventName = "DisablePolicyType") || ($.eventName = "EnablePolicyType") || ($.eventName = "InviteAccountToOrganization") || ($.eventName = "LeaveOrganization") || ($.eventName = "MoveAccount") || ($.eventName = "RemoveAccountFromOrganization") || ($.eventName = "UpdatePolicy") || ($.eventName = "UpdateOrganizationalUnit")) }',
      },
    ],
    accepted: [],
  },
];
