import express, { type Request, type RequestHandler, type Response } from 'express'
import type { z } from 'zod'
import { fieldProblems } from '../../lib/field-problems'
import { ActRefusedError } from '../../runs/control/act-refused'
import { formBody } from '../bodies'
import type { Context, Route } from '../context'
import { RefusedError } from '../errors'
import { redirectWithNotice } from '../notice'
import { recordRefusal } from '../refusals'
import { formAgain } from './form-again'

/** What an act came to: the page to go on with, and what it says. */
export interface Done {
  readonly to: string
  readonly text: string
}

/**
 * The route of a form that a page of ours sends: does the act and leads on. What was asked wrongly is asked again, with what
 * was typed; every other refusal is left to whoever answers errors.
 */
export const formPost =
  (act: (ctx: Context, req: Request, res: Response) => Promise<Done>): Route =>
  (ctx) =>
    express.Router({ mergeParams: true }).use(...formBody, performed(ctx, act))

const performed =
  (ctx: Context, act: (ctx: Context, req: Request, res: Response) => Promise<Done>): RequestHandler =>
  async (req, res) => {
    try {
      const { to, text } = await act(ctx, req, res)
      await redirectWithNotice(req, res, to, text)
    } catch (error) {
      const status = wrongInput(error)
      if (status === undefined || !(error instanceof Error)) throw error
      await recordRefusal(ctx, req, res, error)
      res.status(status)
      await formAgain(ctx, req, res, error.message)
    }
  }

/** The status of what the person can mend by typing something else, as a name that fits nothing. */
function wrongInput(error: unknown): number | undefined {
  if (error instanceof RefusedError && error.status === 400) return 400
  return error instanceof ActRefusedError ? mendable[error.refusal] : undefined
}

const mendable = { invalid: 422, 'not-found': 404, conflict: undefined } as const

/** A form's fields as the schema reads them. Throws a `RefusedError` that names each wrong one, with what was given and what is expected. */
export function readForm<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const given = body ?? {}
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = fieldProblems(parsed.error, schema, given).map(
    ({ field, expected, given: value }) =>
      `${field}: ${expected}${value === undefined ? '' : `, got ${value}`}`,
  )
  throw new RefusedError(400, `${problems.join('; ')}.`)
}
