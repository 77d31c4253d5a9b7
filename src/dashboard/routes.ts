import type { Role } from '../ledger/users'
import { serveAsset } from './assets'
import { bullBoard } from './bull-board/board'
import type { Context, MonitorContext, Route } from './context'
import { submitMyLogOut, submitMyPassword } from './forms/me'
import { submitRevocation, submitToken } from './forms/tokens'
import { submitRemoval, submitRole, submitUser, submitUserLogOut, submitUserPassword } from './forms/users'
import { auditPage } from './pages/audit'
import { auditCsv, auditJsonLines } from './pages/audit-export'
import { submitCancelRun, submitCancelSync } from './forms/cancel'
import { submitRetrySync } from './forms/retry-sync'
import { discardLetters, retryLetters } from './forms/dead-letters'
import { deadLetters } from './pages/dead-letters'
import { rejected } from './pages/rejected'
import { exposeMetrics, isAlive, isReady } from './pages/health'
import { fleetPage } from './pages/fleet'
import { loginForm, submitLogin } from './pages/login'
import { submitLogout } from './pages/logout'
import { searchPage } from './pages/search'
import { showRun } from './pages/run'
import { showSync } from './pages/sync'
import { myPage } from './pages/me'
import { usersPage } from './pages/users'
import { submitBackfill } from './forms/backfill'
import { submitLeaseBreak } from './forms/break-lease'
import { submitCheck } from './forms/check'
import { submitConcurrency, submitRate } from './forms/limit'
import { submitPause } from './forms/pause'
import { submitReread } from './forms/reread'
import { submitReschedule } from './forms/reschedule'
import { submitResume } from './forms/resume'
import { submitResync } from './forms/resync'
import { submitRevert } from './forms/revert'
import { submitRunOfAccount, submitRunOfJob } from './forms/run-now'
import { showAccount } from './pages/account'
import { showClient } from './pages/client'
import { showJob } from './pages/job'

export interface RouteDefinition<Needs = Context> {
  /** `all`: every path below, for an application of its own. */
  readonly method: 'get' | 'post' | 'all'
  readonly path: string
  /** What it asks for, as the audit log names it where it is refused. Default: method and path. */
  readonly act?: string
  readonly handler: Route<Needs>
}

/** For monitors; they come before sessions, so that they answer while Redis is away. */
export const monitorRoutes: readonly RouteDefinition<MonitorContext>[] = [
  { method: 'get', path: '/healthz', handler: isAlive },
  { method: 'get', path: '/readyz', handler: isReady },
  { method: 'get', path: '/metrics', handler: exposeMetrics },
]

/** Answer without login. */
export const openRoutes: readonly RouteDefinition[] = [
  { method: 'get', path: '/login', handler: loginForm },
  { method: 'post', path: '/login', handler: submitLogin },
  { method: 'get', path: '/assets/:name', handler: () => serveAsset },
]

/** Everything else: who may, by the least role that may. */
export const routes: readonly (RouteDefinition & { readonly role: Role })[] = [
  { method: 'get', path: '/', role: 'viewer', handler: fleetPage },
  { method: 'get', path: '/search', role: 'viewer', handler: searchPage },
  { method: 'get', path: '/dead-letters', role: 'viewer', handler: deadLetters },
  {
    method: 'post',
    path: '/dead-letters/retry',
    role: 'operator',
    act: 'retry dead letters',
    handler: retryLetters,
  },
  {
    method: 'post',
    path: '/dead-letters/discard',
    role: 'operator',
    act: 'discard dead letters',
    handler: discardLetters,
  },
  { method: 'get', path: '/rejected', role: 'viewer', handler: rejected },
  { method: 'post', path: '/logout', role: 'viewer', act: 'log out', handler: submitLogout },
  { method: 'get', path: '/me', role: 'viewer', handler: myPage },
  { method: 'post', path: '/me/password', role: 'viewer', act: 'set password', handler: submitMyPassword },
  { method: 'post', path: '/me/log-out', role: 'viewer', act: 'log out everywhere', handler: submitMyLogOut },
  { method: 'get', path: '/audit', role: 'viewer', handler: auditPage },
  { method: 'get', path: '/audit.csv', role: 'viewer', handler: auditCsv },
  { method: 'get', path: '/audit.jsonl', role: 'viewer', handler: auditJsonLines },
  { method: 'get', path: '/users', role: 'admin', handler: usersPage },
  { method: 'post', path: '/users', role: 'admin', act: 'add user', handler: submitUser },
  { method: 'post', path: '/users/:name/role', role: 'admin', act: 'change role', handler: submitRole },
  {
    method: 'post',
    path: '/users/:name/password',
    role: 'admin',
    act: 'set password',
    handler: submitUserPassword,
  },
  {
    method: 'post',
    path: '/users/:name/log-out',
    role: 'admin',
    act: 'log out everywhere',
    handler: submitUserLogOut,
  },
  { method: 'post', path: '/users/:name/remove', role: 'admin', act: 'remove user', handler: submitRemoval },
  { method: 'post', path: '/tokens', role: 'admin', act: 'create token', handler: submitToken },
  {
    method: 'post',
    path: '/tokens/:name/revoke',
    role: 'admin',
    act: 'revoke token',
    handler: submitRevocation,
  },
  { method: 'get', path: '/runs/:id', role: 'viewer', handler: showRun },
  {
    method: 'post',
    path: '/runs/:id/cancel',
    role: 'operator',
    act: 'cancel run',
    handler: submitCancelRun,
  },
  { method: 'get', path: '/syncs/:id', role: 'viewer', handler: showSync },
  {
    method: 'post',
    path: '/syncs/:id/cancel',
    role: 'operator',
    act: 'cancel sync',
    handler: submitCancelSync,
  },
  {
    method: 'post',
    path: '/syncs/:id/retry',
    role: 'operator',
    act: 'retry dead letters',
    handler: submitRetrySync,
  },
  { method: 'get', path: '/jobs/:id', role: 'viewer', handler: showJob },
  { method: 'post', path: '/jobs/:id/run-now', role: 'operator', act: 'run now', handler: submitRunOfJob },
  { method: 'post', path: '/jobs/:id/backfill', role: 'operator', act: 'backfill', handler: submitBackfill },
  { method: 'post', path: '/jobs/:id/pause', role: 'operator', act: 'pause', handler: submitPause('job') },
  { method: 'post', path: '/jobs/:id/resume', role: 'operator', act: 'resume', handler: submitResume('job') },
  {
    method: 'post',
    path: '/jobs/:id/reschedule',
    role: 'admin',
    act: 'reschedule',
    handler: submitReschedule,
  },
  {
    method: 'post',
    path: '/jobs/:id/concurrency',
    role: 'admin',
    act: 'set concurrency',
    handler: submitConcurrency,
  },
  { method: 'post', path: '/jobs/:id/rate', role: 'admin', act: 'set rate', handler: submitRate },
  { method: 'post', path: '/jobs/:id/revert', role: 'admin', act: 'revert', handler: submitRevert },
  { method: 'get', path: '/accounts/:id', role: 'viewer', handler: showAccount },
  {
    method: 'post',
    path: '/accounts/:id/check',
    role: 'operator',
    act: 'check account',
    handler: submitCheck,
  },
  {
    method: 'post',
    path: '/accounts/:id/run-now',
    role: 'operator',
    act: 'run now',
    handler: submitRunOfAccount,
  },
  {
    method: 'post',
    path: '/accounts/:id/pause',
    role: 'operator',
    act: 'pause',
    handler: submitPause('account'),
  },
  {
    method: 'post',
    path: '/accounts/:id/resume',
    role: 'operator',
    act: 'resume',
    handler: submitResume('account'),
  },
  { method: 'post', path: '/accounts/:id/reread', role: 'operator', act: 'backfill', handler: submitReread },
  {
    method: 'post',
    path: '/accounts/:id/resync',
    role: 'operator',
    act: 'full re-sync',
    handler: submitResync,
  },
  {
    method: 'post',
    path: '/accounts/:id/break-lease',
    role: 'operator',
    act: 'break lease',
    handler: submitLeaseBreak,
  },
  { method: 'get', path: '/clients/:id', role: 'viewer', handler: showClient },
  {
    method: 'post',
    path: '/clients/:id/pause',
    role: 'operator',
    act: 'pause',
    handler: submitPause('client'),
  },
  {
    method: 'post',
    path: '/clients/:id/resume',
    role: 'operator',
    act: 'resume',
    handler: submitResume('client'),
  },
  { method: 'post', path: '/pause', role: 'operator', act: 'pause', handler: submitPause('everything') },
  { method: 'post', path: '/resume', role: 'operator', act: 'resume', handler: submitResume('everything') },
  { method: 'all', path: '/queues', role: 'viewer', handler: bullBoard },
]
