/** Who was given central root access, by the access key that he was given. */
export interface RootGrantsTable {
  access_key_id: string;
  /** JSON, as `trail/root-grant.ts` reads it from the record. */
  facts: string;
  noted_at: number;
}

/** Which sign-in sessions used which keys of central root access. */
export interface RootUsesTable {
  access_key_id: string;
  session_id: string;
}
