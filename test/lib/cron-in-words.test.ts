import { cronInWords } from '../../src/lib/cron-in-words'

test.each([
  ['15 5 * * *', 'At 05:15'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['*/5 * * * * *', 'Every 5 seconds'],
  ['30 2 * * 1-5', 'At 02:30, Monday through Friday'],
  ['beyond words', 'beyond words'],
])('%s is put into words', (pattern, words) => {
  expect(cronInWords(pattern)).toBe(words)
})
