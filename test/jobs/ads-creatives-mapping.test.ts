import { creativeColumns, adColumns, linkColumns } from '../../jobs/ads-creatives/columns'
import { toAsset } from '../../jobs/ads-creatives/to-asset'
import { toAdAssetLink, toAssetGroupLink, toDisplayLinks } from '../../jobs/ads-creatives/to-google-links'
import { toAssetGroup, toGoogleAd } from '../../jobs/ads-creatives/to-google-ad'
import { toMetaAd } from '../../jobs/ads-creatives/to-meta-ad'
import { toMetaCreative } from '../../jobs/ads-creatives/to-meta-creative'
import type { Columns } from '../../src/job/columns'

/** The columns that do not take what the mapper made, by name. */
const refused = (columns: Columns, record: object): string[] =>
  Object.entries(columns)
    .filter(([name, column]) => !column.value.safeParse((record as Record<string, unknown>)[name]).success)
    .map(([name]) => name)

const creative = (fields: object) => {
  const record = toMetaCreative({ id: '130009', account_id: '7', name: 'One', ...fields }, '7')
  expect(refused(creativeColumns, record)).toEqual([])
  return record
}
const call = { type: 'LEARN_MORE', value: { link: 'https://dealer.example/suv' } }

describe('a Meta creative', () => {
  test('has the variants of its asset_feed_spec', () => {
    const record = creative({
      body: 'not this one',
      object_story_spec: { page_id: '555' },
      asset_feed_spec: {
        bodies: [{ text: '0.9% APR' }, { text: 'In stock now' }],
        titles: [{ text: 'New trucks' }, { text: 'New trucks' }],
        images: [{ hash: 'ff00aa', url: 'https://cdn.example/a?sig=1' }],
        videos: [{ video_id: '9', thumbnail_url: 'https://cdn.example/b?sig=1' }],
        link_urls: [{ website_url: 'https://dealer.example/trucks' }],
        call_to_action_types: ['SHOP_NOW'],
      },
    })
    expect(record).toMatchObject({
      text_place: 'asset_feed_spec',
      headline: 'New trucks',
      headlines: ['New trucks'],
      body: '0.9% APR',
      bodies: ['0.9% APR', 'In stock now'],
      landing_url: 'https://dealer.example/trucks',
      image_hash: 'ff00aa',
      video_id: '9',
      call_to_action: 'SHOP_NOW',
      page_id: '555',
    })
  })

  test('has the link and the cards of a carousel', () => {
    const link_data = {
      message: 'March lease deals',
      name: 'Drive one home',
      caption: 'dealer.example',
      link: 'https://dealer.example',
      image_hash: 'aa',
      child_attachments: [
        { name: 'Card', description: 'Text', link: 'https://dealer.example/card', image_hash: 'bb' },
        { video_id: '12' },
      ],
      call_to_action: call,
    }
    expect(creative({ object_story_spec: { link_data } })).toMatchObject({
      text_place: 'link_data',
      headlines: ['Drive one home', 'Card'],
      bodies: ['March lease deals'],
      descriptions: ['Text'],
      landing_urls: ['https://dealer.example', 'https://dealer.example/suv', 'https://dealer.example/card'],
      image_hashes: ['aa', 'bb'],
      video_ids: ['12'],
    })
    expect(creative({ object_story_spec: { template_data: link_data } })).toMatchObject({
      text_place: 'template_data',
      headline: 'Drive one home',
    })
  })

  test('has a video’s landing page from its call to action', () => {
    const video_data = { video_id: '9000111', message: 'Deals', title: 'Drive', call_to_action: call }
    expect(creative({ video_id: '9000111', object_story_spec: { video_data } })).toMatchObject({
      text_place: 'video_data',
      headline: 'Drive',
      landing_url: 'https://dealer.example/suv',
      call_to_action: 'LEARN_MORE',
      video_id: '9000111',
    })
  })

  test.each([
    ['a photo’s caption', { object_story_spec: { photo_data: { caption: 'Hi' } } }, 'photo_data'],
    ['a text', { object_story_spec: { text_data: { message: 'Hi' } } }, 'text_data'],
    ['plain fields', { body: 'Hi', object_story_spec: { page_id: '1' } }, 'plain'],
    ['an existing post', { body: 'Hi', effective_object_story_id: '555_777' }, 'post'],
  ])('has %s', (_, fields, place) => {
    expect(creative(fields)).toMatchObject({ text_place: place, body: 'Hi', bodies: ['Hi'] })
  })

  test('without any text says so', () => {
    expect(creative({})).toMatchObject({ text_place: null, bodies: [], body: null, content_hash: null })
  })

  test('does not differ where only its signed addresses do', () => {
    const of = (sig: number) => {
      const url = `https://cdn.example/a?sig=${sig}`
      return creative({
        image_url: url,
        thumbnail_url: url,
        image_hash: 'aa',
        object_story_spec: {
          link_data: {
            message: 'Hi',
            link: 'https://x.example',
            picture: url,
            child_attachments: [{ picture: url }],
          },
          video_data: { image_url: url },
          photo_data: { url },
        },
        asset_feed_spec: { images: [{ hash: 'aa', url }], videos: [{ thumbnail_url: url }] },
      })
    }
    const lasting = (record: object): object =>
      Object.fromEntries(
        Object.entries(record).filter(
          ([name]) => creativeColumns[name as keyof typeof creativeColumns].volatile !== true,
        ),
      )
    const [one, two] = [of(1), of(2)]
    expect(lasting(one)).toEqual(lasting(two))
    expect(JSON.stringify(lasting(one))).not.toContain('sig=')
    expect(one.media_urls).toMatchObject({
      'object_story_spec.link_data.child_attachments.0.picture': 'https://cdn.example/a?sig=1',
      'asset_feed_spec.images.0.url': 'https://cdn.example/a?sig=1',
    })
    expect(one.content_hash).not.toBeNull()
  })

  test.each([
    ['no id', { id: undefined }, ['creative_id']],
    ['another account', { account_id: '8' }, ['external_account_id']],
    ['titles that are no list', { asset_feed_spec: { titles: 'x' } }, ['headlines']],
    ['a name that is no text', { name: { of: 'what' } }, ['name']],
    ['a number that has lost digits', { video_id: 2 ** 53 }, ['video_id', 'video_ids']],
  ])('with %s is handed on to be set aside', (_, fields, names) => {
    const record = toMetaCreative({ id: '1', account_id: '7', ...fields }, '7')
    expect(refused(creativeColumns, record)).toEqual(expect.arrayContaining(names))
  })

  test('never throws, however deep what it is handed', () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 50_000; level += 1) deep = [{ url: deep }]
    const raw = { id: '1', asset_feed_spec: { titles: deep }, object_story_spec: deep }
    expect(refused(creativeColumns, toMetaCreative(raw, '7'))).toContain('asset_feed_spec')
  })

  test.each([null, 5, 'x', [], { object_story_spec: 4, asset_feed_spec: [1] }])('never throws: %j', (raw) => {
    expect(refused(creativeColumns, toMetaCreative(raw, '7'))).toContain('creative_id')
    expect(refused(adColumns, toMetaAd(raw, '7'))).toContain('ad_id')
  })
})

describe('a Meta ad', () => {
  test('has ids as text, instants with an offset, and its creative', () => {
    const record = toMetaAd(
      {
        id: '120200000000030003',
        account_id: '7',
        adset_id: '120002',
        status: 'ACTIVE',
        effective_status: 'CAMPAIGN_PAUSED',
        updated_time: '2026-03-04T22:33:56-0600',
        creative: { id: '130009' },
      },
      '7',
    )
    expect(refused(adColumns, record)).toEqual([])
    expect(record).toMatchObject({
      ad_id: '120200000000030003',
      ad_group_id: '',
      adset_id: '120002',
      effective_status: 'CAMPAIGN_PAUSED',
      creative_id: '130009',
      vendor_updated_at: '2026-03-04T22:33:56-06:00',
    })
  })
})

const google = {
  customer: { id: '9' },
  campaign: { id: '77' },
  adGroup: { id: '88' },
}

describe('a Google ad', () => {
  test('has the texts of a search ad', () => {
    const record = toGoogleAd(
      {
        ...google,
        adGroupAd: {
          status: 'ENABLED',
          primaryStatus: 'ELIGIBLE',
          policySummary: { approvalStatus: 'APPROVED' },
          ad: {
            id: '9007199254740993',
            type: 'RESPONSIVE_SEARCH_AD',
            finalUrls: ['https://dealer.example/new'],
            responsiveSearchAd: {
              headlines: [{ text: 'New SUVs', pinnedField: 'HEADLINE_1' }, { text: 'Lease' }],
              descriptions: [{ text: 'Visit us.' }],
              path1: 'suv',
            },
          },
        },
      },
      '9',
    )
    expect(refused(adColumns, record)).toEqual([])
    expect(record).toMatchObject({
      ad_group_id: '88',
      ad_id: '9007199254740993',
      headlines: ['New SUVs', 'Lease'],
      descriptions: ['Visit us.'],
      path1: 'suv',
      landing_url: 'https://dealer.example/new',
      effective_status: 'ELIGIBLE',
      approval_status: 'APPROVED',
    })
  })

  test('of a display ad links its images, the same one in two shapes too', () => {
    const item = { asset: 'customers/9/assets/555' }
    const row = {
      ...google,
      adGroupAd: {
        ad: {
          id: '99',
          responsiveDisplayAd: {
            headlines: [{ text: 'A' }],
            longHeadline: { text: 'Long' },
            businessName: 'Dealer',
            marketingImages: [item],
            squareMarketingImages: [item],
            logoImages: [{ asset: 'customers/9/assets/556' }],
          },
        },
      },
    }
    expect(toGoogleAd(row, '9')).toMatchObject({ long_headline: 'Long', business_name: 'Dealer' })
    const links = toDisplayLinks(row, '9')
    expect(links.flatMap((link) => refused(linkColumns, link))).toEqual([])
    expect(links.map((link) => `${link.creative_id} ${link.field_type} ${link.enabled}`)).toEqual([
      '555 MARKETING_IMAGE true',
      '555 SQUARE_MARKETING_IMAGE true',
      '556 LANDSCAPE_LOGO true',
    ])
  })

  test('of an unknown type has what all types have', () => {
    const record = toGoogleAd({ ...google, adGroupAd: { ad: { id: '1', type: 'HOLOGRAM_AD' } } }, '9')
    expect(refused(adColumns, record)).toEqual([])
    expect(record).toMatchObject({ ad_type: 'HOLOGRAM_AD', headlines: [], content_hash: null })
  })

  test('is an asset group in Performance Max', () => {
    const record = toAssetGroup(
      { ...google, assetGroup: { id: '64', name: 'G', status: 'ENABLED', finalUrls: ['https://x.example'] } },
      '9',
    )
    expect(refused(adColumns, record)).toEqual([])
    expect(record).toMatchObject({ kind: 'asset_group', ad_group_id: '64', ad_id: '', campaign_id: '77' })
  })
})

describe('a Google link', () => {
  test.each([
    [{ enabled: true }, true],
    [{ enabled: false }, false],
    [{}, false],
  ])('with %j is enabled: %s', (fields, enabled) => {
    const view = {
      adGroupAd: 'customers/9/adGroupAds/88~99',
      asset: 'customers/9/assets/555',
      fieldType: 'HEADLINE',
      pinnedField: 'HEADLINE_1',
      ...fields,
    }
    const record = toAdAssetLink({ ...google, adGroupAdAssetView: view }, '9')
    expect(refused(linkColumns, record)).toEqual([])
    expect(record).toMatchObject({ ad_group_id: '88', ad_id: '99', creative_id: '555', enabled })
  })

  test('of an asset group ends with the status REMOVED', () => {
    const assetGroupAsset = {
      assetGroup: 'customers/9/assetGroups/64',
      asset: 'customers/9/assets/555',
      fieldType: 'LOGO',
      status: 'REMOVED',
    }
    const record = toAssetGroupLink({ ...google, assetGroupAsset }, '9')
    expect(refused(linkColumns, record)).toEqual([])
    expect(record).toMatchObject({ ad_group_id: '64', ad_id: '', enabled: false })
  })

  test('with names that are none is handed on to be set aside', () => {
    const record = toAdAssetLink({ ...google, adGroupAdAssetView: { adGroupAd: 5, asset: 'x/y/' } }, '9')
    expect(refused(linkColumns, record)).toEqual(['ad_group_id', 'ad_id', 'creative_id', 'field_type'])
  })
})

test('a Google asset is its text, its image or its video', () => {
  const of = (asset: object) => {
    const record = toAsset({ customer: { id: '9' }, asset: { id: '5', ...asset } }, '9')
    expect(refused(creativeColumns, record)).toEqual([])
    return record
  }
  expect(of({ type: 'TEXT', textAsset: { text: 'Hi' } })).toMatchObject({ body: 'Hi', bodies: ['Hi'] })
  expect(of({ youtubeVideoAsset: { youtubeVideoId: 'yt' } })).toMatchObject({ video_ids: ['yt'] })
  const image = {
    fileSize: '84211',
    mimeType: 'IMAGE_JPEG',
    fullSize: { widthPixels: '1200', url: 'https://i' },
  }
  expect(of({ type: 'IMAGE', imageAsset: image })).toMatchObject({
    file_size: '84211',
    width: '1200',
    image_url: 'https://i',
  })
})
