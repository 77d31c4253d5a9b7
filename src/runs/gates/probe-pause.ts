/** When something that is shut is tried again by itself, in milliseconds: after `first`, then doubled up to `longest`. */
export interface ProbeTimes {
  readonly first: number
  readonly longest: number
}

/** Milliseconds until the next try, after so many in vain. */
export const probePause = ({ first, longest }: ProbeTimes, inVain: number): number =>
  Math.min(longest, first * 2 ** inVain)
