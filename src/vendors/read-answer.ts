import type { Response } from 'undici'
import type { z } from 'zod'
import { JsonArray } from './json-array'
import { BrokenOffError, WrongAnswer } from './outcome'
import { BodyTooLargeError, readBody } from './read-body'
import { placesOf } from './redact'

/** The JSON of a text. Undefined where it is none; the parser's own error is dropped, for it quotes the text. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A good answer whose body is still to be taken. */
export interface Good<T> {
  /** What the vendor's own translation is shown of it. */
  readonly json: unknown
  /** What was asked for. Throws `WrongAnswer`, `BodyTooLargeError`, or what the connection throws. */
  take(): Promise<T>
  /** To be called instead of `take` where it is not wanted. */
  drop(): Promise<void>
}

/** Rejects as `Good.take` does. */
export type Open<T> = (response: Response) => Promise<Good<T>>

/** Reads an answer to its end before anything is made of it. */
export const whole =
  <T>(schema: z.ZodType<T>, maxBytes: number): Open<T> =>
  async (response) => {
    const json = parsed(await readBody(response, maxBytes))
    const take = async (): Promise<T> => {
      if (json === undefined && response.status !== 204) throw new WrongAnswer('the answer is not valid JSON')
      const result = schema.safeParse(json)
      if (result.success) return result.data
      throw new WrongAnswer(`the answer is not as documented at ${placesOf(result.error)}`)
    }
    return { json, take, drop: async () => undefined }
  }

/** An answer that is read element by element, up to its first one. */
export interface Streamed<T> {
  readonly first: IteratorResult<T, void>
  readonly rest: AsyncGenerator<T, void, undefined>
}

/** Hands out the elements of an answer's array as they arrive. */
export const streamed =
  <T>(request: ElementsRequest<T>): Open<Streamed<T>> =>
  async (response) => {
    const rest = elementsOf(response, request)
    return {
      json: undefined,
      take: async () => ({ first: await rest.next(), rest }),
      drop: async () => response.body?.cancel().catch(() => undefined),
    }
  }

export interface ElementsRequest<T> {
  readonly each: z.ZodType<T>
  readonly field: string | undefined
  /** The longest stretch of the answer without an element's end that is read, in bytes. */
  readonly maxBytes: number
  /** Called when bytes are waited for, and what it gives when they have come. */
  readonly waiting: () => Disposable
}

/** It ends without an error only where the whole answer has arrived. */
async function* elementsOf<T>(
  response: Response,
  { each, field, maxBytes, waiting }: ElementsRequest<T>,
): AsyncGenerator<T, void, undefined> {
  const array = new JsonArray(field)
  let size = 0
  let count = 0
  for await (const bytes of chunksOf(response, waiting)) {
    const elements = array.write(bytes)
    size = elements.length > 0 ? 0 : size + bytes.byteLength
    if (size > maxBytes) throw new BodyTooLargeError(`more than ${maxBytes} bytes in one element`)
    for (const element of elements) {
      const result = each.safeParse(element)
      if (!result.success) {
        throw new WrongAnswer(`element ${count} is not as documented at ${placesOf(result.error)}`)
      }
      count += 1
      yield result.data
    }
  }
  if (!array.end()) throw new BrokenOffError(`after ${count} elements`)
}

async function* chunksOf(response: Response, waiting: () => Disposable): AsyncGenerator<Uint8Array> {
  if (!response.body) return
  const chunks = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    using _ = waiting()
    return await chunks.next()
  }
  try {
    for (let chunk = await next(); !chunk.done; chunk = await next()) yield chunk.value
  } finally {
    // Leaving early cancels the stream, which ends its connection; one that has failed by then has ended as well.
    await chunks.return?.().catch(() => undefined)
  }
}
