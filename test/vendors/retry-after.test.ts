import { retryAfterOf } from '../../src/vendors/retry-after'

const now = new Date('2026-11-21T12:00:00Z')

describe('retryAfterOf', () => {
  test.each([
    ['0', 0],
    ['7', 7000],
    ['1.5', 1500],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['99999999', 86_400_000],
    ['Sun, 21 Nov 2027 12:00:00 GMT', 86_400_000],
  ])('reads %s', (header, expected) => {
    expect(retryAfterOf(header, now)).toBe(expected)
  })

  test.each([null, '', '-5', 'soon', '1e3', '12:00'])('makes nothing of %s', (header) => {
    expect(retryAfterOf(header, now)).toBeUndefined()
  })
})
