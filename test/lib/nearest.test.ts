import fc from 'fast-check'
import { editDistance, nearest } from '../../src/lib/nearest'

describe('nearest', () => {
  const jobs = ['salesforce', 'ctm', 'cdk', 'google-ads', 'meta-ads', 'ads-creatives']

  test.each([
    ['salesfroce', 'salesforce'],
    ['SALESFORCE', 'salesforce'],
    ['cmt', 'ctm'],
    ['googleads', 'google-ads'],
    ['add-creative', 'ads-creatives'],
  ])('takes %s for %s', (given, meant) => {
    expect(nearest(given, jobs)).toBe(meant)
  })

  test('is silent where nothing is close', () => {
    expect(nearest('hubspot', jobs)).toBeUndefined()
    expect(nearest('salesforce', [])).toBeUndefined()
  })

  test('takes the first of several that are equally close', () => {
    expect(nearest('cat', ['cut', 'cot'])).toBe('cut')
  })
})

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['flaw', 'lawn', 2],
  ])('from "%s" to "%s" is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
  })

  test('is a distance', () => {
    const word = fc.string({ maxLength: 8 })
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
      }),
    )
  })
})
