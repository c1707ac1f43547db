/** Commands that are planned but not there yet: asking for one is answered with what it will do. */
export const LATER: Readonly<Record<string, string>> = {
  audit: 'judge whether an account would ring',
  repair: 'make the missing links of a chain',
  'iam-policy': 'print the least policy that a command needs',
};
