/** A rule that is left out. */
export interface Mutation {
  /** In the words of a sentence: "when …". */
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The files of the tests that should find it. */
  readonly tests: readonly string[]
}
