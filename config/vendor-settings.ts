import type { VendorHost } from '../src/job/http'
import type { Environment } from './config'
import { baseUrl, version, wholeNumber } from './formats'
import type { Setting } from './setting'

const host = (env: string, url: string, doc: string): Setting<string> => ({
  doc,
  format: baseUrl,
  default: url,
  env,
})
const pinned = (env: string, is: string, doc: string): Setting<string> => ({
  doc,
  format: version(is),
  default: is,
  env,
})

/** Where the vendors are, and which versions of their APIs we speak. Credentials are not settings: they live in the ledger. */
export const vendorSettings = (environment: Environment) => ({
  baseUrls: {
    salesforceLogin: host(
      'SALESFORCE_LOGIN_URL',
      'https://login.salesforce.com',
      'Where Salesforce gives tokens; https://test.salesforce.com for its sandboxes.',
    ),
    dealervault: host(
      'DEALERVAULT_API_URL',
      'https://authenticom.azure-api.net/dv-delivery/v1',
      'Authenticom’s DealerVault.',
    ),
    dealertrend: host(
      'DEALERTREND_API_URL',
      'https://api.dealertrend.com',
      'DealerTrend, for accounts that name no host of their own.',
    ),
    ctm: host('CTM_API_URL', 'https://api.calltrackingmetrics.com/api/v1', 'CallTrackingMetrics.'),
    googleOauth: host('GOOGLE_OAUTH_URL', 'https://oauth2.googleapis.com', 'Where Google gives tokens.'),
    googleAds: host('GOOGLE_ADS_API_URL', 'https://googleads.googleapis.com', 'Google Ads.'),
    fortellisIdentity: host(
      'FORTELLIS_IDENTITY_URL',
      'https://identity.fortellis.io/oauth2/aus1p1ixy7YL8cMq02p7/v1',
      'Where Fortellis, CDK’s platform, gives tokens.',
    ),
    fortellis: host(
      'FORTELLIS_API_URL',
      'https://api.fortellis.io',
      'CDK Drive through Fortellis; its test data is at https://api.fortellis.io/cdk-test.',
    ),
    metaGraph: host('META_GRAPH_URL', 'https://graph.facebook.com', 'Meta’s Graph API.'),
  } satisfies Record<VendorHost, Setting<string>>,
  salesforceApiVersion: pinned(
    'SALESFORCE_API_VERSION',
    'v67.0',
    'Each version is served for three years at least.',
  ),
  googleAdsApiVersion: pinned(
    'GOOGLE_ADS_API_VERSION',
    'v25',
    'A version lives for about a year. Field names change between them: read the notes before raising it.',
  ),
  metaGraphVersion: pinned(
    'META_GRAPH_VERSION',
    'v26.0',
    'Versions of the marketing API expire within months; an expired one answers error 2635.',
  ),
  bucketScale: {
    doc: 'Widens every vendor’s rate bucket so many times, for tests against the sandbox. Real vendors get what they allow: only 1 is taken in staging and production.',
    format: wholeNumber(1, environment === 'development' || environment === 'test' ? 1000 : 1),
    default: 1,
    env: 'VENDOR_BUCKET_SCALE',
  } satisfies Setting<number>,
})
