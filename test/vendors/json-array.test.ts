import * as fc from 'fast-check'
import { JsonArray } from '../../src/vendors/json-array'
import { WrongAnswer } from '../../src/vendors/outcome'

/** What comes out of a text that arrives in pieces of so many bytes. */
function read(text: string, { field, size = 1 }: { field?: string; size?: number } = {}): unknown[] {
  const array = new JsonArray(field)
  const bytes = Buffer.from(text)
  const elements: unknown[] = []
  for (let at = 0; at < bytes.length; at += size) elements.push(...array.write(bytes.subarray(at, at + size)))
  if (!array.end()) throw new Error('breaks off')
  return elements
}

describe('JsonArray', () => {
  test('gives what JSON.parse gives, wherever the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (array, size, pretty) => {
          const text = JSON.stringify(array, undefined, pretty ? 2 : undefined)
          expect(read(text, { size })).toEqual(JSON.parse(text))
          const wrapped = `{"before": {"data": [1]}, "data": ${text}, "after": ["data", {}]}`
          expect(read(wrapped, { size, field: 'data' })).toEqual(JSON.parse(text))
        },
      ),
    )
  })

  test.each([
    ['[]', undefined],
    ['{"data": []}', 'data'],
    ['{"x": "data", "data": []} ', 'data'],
  ])('reads no elements in %s', (text, field) => {
    expect(read(text, field === undefined ? {} : { field })).toEqual([])
  })

  test('keeps characters of several bytes whole, and brackets in texts apart', () => {
    const array = [{ name: 'Zürich 🚗 "[{]}" \\ é', nested: [[1, [2]], {}] }, ']', null, 1.5, true]
    expect(read(JSON.stringify(array))).toEqual(array)
  })

  test.each([
    ['<html>', undefined],
    ['{"error": [1]}', undefined],
    ['"text"', undefined],
    ['[1, 2', 'data'],
    ['{"data": {"a": 1}}', 'data'],
    ['{"data": null}', 'data'],
    ['{"other": [1]}', 'data'],
    ['[1 2]', undefined],
    ['[1] [2]', undefined],
    ['[1]<html>', undefined],
  ])('refuses %s', (text, field) => {
    expect(() => read(text, field === undefined ? {} : { field })).toThrow(WrongAnswer)
  })

  test.each([
    ['', undefined],
    ['[', undefined],
    ['[1,', undefined],
    ['[{"a": 1}', undefined],
    ['{"data": [1]', 'data'],
    ['{"data": [1], "more": "te', 'data'],
  ])('notices that %s breaks off', (text, field) => {
    expect(() => read(text, field === undefined ? {} : { field })).toThrow('breaks off')
  })

  test('says nothing of the text in its errors', () => {
    expect(() => read('[{"name": SECRET}]')).toThrow(/^the answer is not valid JSON$/)
  })
})
