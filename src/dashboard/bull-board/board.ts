import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import express, { type RequestHandler, type Router } from 'express'
import { isAtLeast } from '../../ledger/users'
import type { Queue } from '../../queue/queues'
import { bodyOf } from '../access'
import { asset } from '../assets'
import type { Context, Route } from '../context'
import { pageOfBullJob } from '../links'
import { userOf } from '../session'
import { boardActs } from './acts'
import { historyOf } from './history'
import { boardHooks, type Visitor, visitorHeader } from './hooks'
import { theme } from './theme'

const colours: Readonly<Record<string, string>> = { production: '#b42318', staging: '#b54708' }

/**
 * Bull Board under `/queues`: without buttons for viewers. What its API may do is decided in access.ts; what means something to
 * the ledger is done by acts.ts.
 */
export const bullBoard: Route = (ctx) => {
  const toRead = boardOf(ctx, true)
  const toOperate = boardOf(ctx, false)
  const board: RequestHandler = (req, res, next) => {
    const { name, role } = userOf(res)
    const visitor: Visitor = { name, role, origin: req.ip ?? 'unknown' }
    req.headers[visitorHeader] = encodeURIComponent(JSON.stringify(visitor))
    return (isAtLeast(role, 'operator') ? toOperate : toRead)(req, res, next)
  }
  return express
    .Router()
    .use('/static', revalidated)
    .use(bodyOf('application/json'), boardActs(ctx), withoutFonts, board)
}

function boardOf(ctx: Context, readOnlyMode: boolean): Router {
  const adapter = new ExpressAdapter()
  adapter.setBasePath('/queues')
  createBullBoard({
    serverAdapter: adapter,
    queues: ctx.queues.map(
      (queue) =>
        new BullMQAdapter(queue, {
          readOnlyMode,
          ...inWordsOf(ctx, queue),
          externalJobUrl: linkFrom(queue.name),
        }),
    ),
    options: {
      handlerHooks: boardHooks(ctx),
      historyProvider: historyOf(ctx.database),
      uiConfig: {
        boardTitle: 'Syncfleet',
        boardLogo: { path: asset('icon.svg'), width: 24, height: 24 },
        favIcon: { default: asset('icon.svg'), alternative: asset('icon.svg') },
        miscLinks: [
          { text: 'Fleet', url: '/' },
          { text: 'Dead letters', url: '/dead-letters' },
          { text: 'Audit', url: '/audit' },
        ],
        theme,
        hideDocsLink: true,
        environment: {
          label: ctx.environment,
          color: colours[ctx.environment] ?? '#175cd3',
          textColor: '#ffffff',
        },
      },
    },
  })
  return adapter.getRouter() as Router
}

/** From a BullMQ job to the page of ours that tells what it stands for. */
const linkFrom =
  (queue: string) =>
  ({ id }: { readonly id?: string | number | null | undefined }) => ({
    displayText: 'Syncfleet',
    href: pageOfBullJob(queue, String(id ?? '')) ?? '/',
  })

function inWordsOf(ctx: Context, queue: Queue): { displayName: string; description: string } {
  const job = ctx.jobs.find(({ id }) => id === queue.name)
  if (!job)
    return {
      displayName: 'Runs',
      description: 'The schedules of all jobs, and every run. A run plans one sync per account.',
    }
  return { displayName: job.title, description: `Syncs. ${job.summary}` }
}

/** Bull Board's files are only for who is logged in, so browsers may keep them but ask each time. */
const revalidated: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'private, no-cache')
  next()
}

/** Bull Board's page asks for fonts from another host, which would learn who looks at it and when. It has fallbacks. */
const withoutFonts: RequestHandler = (_req, res, next) => {
  const send = res.send.bind(res)
  res.send = (body: unknown) =>
    send(typeof body === 'string' ? body.replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/g, '') : body)
  next()
}
