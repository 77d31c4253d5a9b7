/**
 * Preloaded into a worker or scheduler by `NODE_OPTIONS`: with each SIGUSR2 its wall clock jumps ahead or back, or its
 * event loop stands still, as FAULT says. Timers keep running by the monotonic clock, as they do when a real clock is set.
 */
const [kind, argument] = (process.env['FAULT'] ?? '').split(':')
const milliseconds = Number(argument)

if (kind === 'clock') {
  const RealDate = Date
  let ahead = 0
  class ShiftedDate extends RealDate {
    constructor(/** @type {[]} */ ...given) {
      if (given.length === 0) super(RealDate.now() + ahead)
      else super(...given)
    }
    static now() {
      return RealDate.now() + ahead
    }
  }
  globalThis.Date = /** @type {DateConstructor} */ (/** @type {unknown} */ (ShiftedDate))
  process.on('SIGUSR2', () => {
    ahead = ahead === 0 ? milliseconds : 0
  })
}

if (kind === 'block') {
  process.on('SIGUSR2', () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
  })
}
