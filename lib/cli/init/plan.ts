/** A file as it is and as it is to be. */
export interface Edit {
  /** The path as it is shown: from the folder of the app. */
  readonly file: string
  /** Undefined where the file is not there yet. */
  readonly before: string | undefined
  readonly after: string
}

/** A change that is left to a person. */
export interface ByHand {
  readonly file: string
  readonly why: string
  /** The lines to put there. */
  readonly lines: readonly string[]
}

/** One part of the setup: what is to be written, what is left to a person, or why nothing is to do. */
export type Step =
  | { readonly edit: Edit }
  | { readonly byHand: ByHand }
  | { readonly kept: string }
  | { readonly hint: string }

/** Steps of one kind. */
export function pick<Kind extends 'edit' | 'byHand' | 'kept' | 'hint'>(
  steps: readonly Step[],
  kind: Kind,
): Extract<Step, Record<Kind, unknown>>[Kind][] {
  return steps.flatMap((step) => (kind in step ? [(step as never)[kind]] : []))
}
