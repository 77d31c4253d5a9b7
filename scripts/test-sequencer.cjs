const { default: Sequencer } = require('@jest/test-sequencer')

/** @typedef {import('@jest/test-result').Test} Test */

/** Folders whose files take minutes: those of the first compute, those of the second mostly wait for processes. */
const long = ['/test/conformance/', '/test/fleet/']

/**
 * The long files come first, one that computes beside one that waits, and the many short ones fill up the end. Jest by itself
 * goes by the durations of the last run, which a fresh machine does not have, and else by the sizes of the files: there the
 * longest are among the smallest.
 */
class LongFirst extends Sequencer {
  /**
   * @override
   * @param {Test[]} tests
   */
  async sort(tests) {
    const sorted = await Sequencer.prototype.sort.call(this, tests)
    /** @type {Map<Test, number>} */
    const places = new Map()
    for (const folder of long) {
      const within = sorted.filter(({ path }) => path.includes(folder))
      for (const [index, test] of within.entries()) places.set(test, index)
    }
    /** @param {Test} test */
    const placeOf = (test) => places.get(test) ?? tests.length
    // The order stays where places are equal.
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

module.exports = LongFirst
