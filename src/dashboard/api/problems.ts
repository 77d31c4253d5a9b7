import type { Response } from 'express'
import { RefusedError } from '../errors'
import type { FieldProblem } from '../../lib/field-problems'

/** A request with fields that do not fit, each named with what was given and what is expected. */
export class InvalidRequestError extends RefusedError {
  override name = 'InvalidRequestError'
  readonly errors: readonly FieldProblem[]

  constructor(errors: readonly FieldProblem[]) {
    super(400, errors.map(({ field, expected }) => `${field}: ${expected}`).join('; '))
    this.errors = errors
  }
}

/** Titles by status. A client tells problems apart by status; the detail is for people. */
const titles: Readonly<Record<number, string>> = {
  400: 'The request does not fit',
  401: 'Log in first',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not offered',
  409: 'Not possible now',
  413: 'Too large',
  415: 'Wrong media type',
  422: 'Makes no sense',
  429: 'Too many requests',
  500: 'That failed',
  503: 'Away',
}

/** Answers with a problem as RFC 9457 has it. `error` may name fields. */
export function answerProblem(res: Response, status: number, detail: string, error?: unknown): void {
  const problem = {
    type: 'about:blank',
    title: titles[status] ?? 'Not done',
    status,
    detail,
    ...(error instanceof InvalidRequestError ? { errors: error.errors } : {}),
  }
  res.status(status).set('Content-Type', 'application/problem+json').send(JSON.stringify(problem))
}
