/** Why a composite alarm is judged. */
export type Cause =
  | { readonly kind: 'created' | 'updated' }
  | {
      readonly kind: 'child';
      readonly child: number;
      /** The composite alarms that led here, first to last. */
      readonly path: readonly number[];
    };
