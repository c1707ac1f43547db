/** Commands that are planned but not there yet: asking for one is answered with what it will do. */
export const LATER: Readonly<Record<string, string>> = {
  repair: 'make the missing links of a chain',
};
