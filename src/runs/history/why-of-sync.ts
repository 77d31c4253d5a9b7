import type { RunSync } from '../../ledger/work/run-syncs'

/**
 * Why a sync stands as it does, in words. Its reason comes first, as it says what is waited for, how long, or who ended it; then
 * its last error, unless the reason has it. A dead letter is told by its error alone.
 */
export function whyOfSync({
  state,
  reason,
  errorCode,
  errorMessage,
}: Pick<RunSync, 'state' | 'reason' | 'errorCode' | 'errorMessage'>): string | null {
  const error = [errorCode, errorMessage].filter((part) => part !== null).join(': ')
  const isTold = error === '' || (errorMessage !== null && reason?.includes(errorMessage))
  if (reason === null || (state === 'failed' && error !== '')) return error === '' ? null : error
  return isTold ? reason : `${reason}; ${error}`
}
