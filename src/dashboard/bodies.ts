import express, { type RequestHandler } from 'express'
import { bodyOf } from './access'
import { RefusedError } from './errors'

const form = 'application/x-www-form-urlencoded'

const mustBeText = 'Text here has no NUL and no half of a character in it.'
const isText = (value: unknown): boolean =>
  typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'))

/** Refuses addresses with a NUL in them: nothing in the ledger can have such a name, and Postgres takes no such question. */
export const textAddress: RequestHandler = (req, _res, next) => {
  if (/%00/.test(req.url)) throw new RefusedError(400, mustBeText)
  next()
}

const textForm: RequestHandler = (req, _res, next) => {
  const fields = Object.values((req.body ?? {}) as Readonly<Record<string, string | string[]>>)
  if (!fields.flat().every(isText)) throw new RefusedError(400, mustBeText)
  next()
}

/** Reads what a form of ours sends. Text that the ledger cannot keep is refused. */
export const formBody: readonly RequestHandler[] = [
  bodyOf(form),
  express.urlencoded({ extended: false, limit: '16kb', type: form }),
  textForm,
]

/** Reads JSON of this size at most. Text that the ledger cannot keep is refused. */
export const jsonBody = (limit: string): RequestHandler =>
  express.json({
    type: 'application/json',
    limit,
    reviver: (_name, value: unknown) => {
      if (!isText(value)) throw new RefusedError(400, mustBeText)
      return value
    },
  })
