import { days, hours, inWords, minutes, seconds } from '../../src/lib/durations'

test('builders count in milliseconds', () => {
  expect([seconds(0.5), seconds(2), minutes(3), hours(4), days(5)]).toEqual([
    500, 2000, 180_000, 14_400_000, 432_000_000,
  ])
})

test.each([
  [0, '0 ms'],
  [339.6, '340 ms'],
  [seconds(1), '1 s'],
  [seconds(59) + 999, '59 s'],
  [minutes(1), '1 min'],
  [minutes(15) + seconds(1), '15 min 1 s'],
  [hours(4) + minutes(10) + seconds(30), '4 h 10 min'],
  [hours(24), '1 d'],
  [days(2) + minutes(5), '2 d 5 min'],
])('%d ms are %s to people', (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words)
})
