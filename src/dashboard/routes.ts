import type { Role } from '../ledger/users'
import { serveAsset } from './assets'
import { bullBoard } from './bull-board'
import type { Context, MonitorContext, Route } from './context'
import { exposeMetrics, isAlive, isReady } from './pages/health'
import { fleetPage } from './pages/fleet'
import { loginForm, submitLogin } from './pages/login'
import { submitLogout } from './pages/logout'

export interface RouteDefinition<Needs = Context> {
  /** `all`: every path below, for an application of its own. */
  readonly method: 'get' | 'post' | 'all'
  readonly path: string
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
  { method: 'post', path: '/logout', role: 'viewer', handler: submitLogout },
  { method: 'all', path: '/queues', role: 'viewer', handler: bullBoard },
]
