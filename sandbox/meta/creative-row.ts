import type { MetaAccount } from './account'
import { contentOf, type Content } from './creative-content'
import type { CreativeKind, MetaCreative } from './creatives'
import type { Raw } from './objects'

const objectTypes: Partial<Record<CreativeKind, string>> = {
  video_data: 'VIDEO',
  photo_data: 'PHOTO',
  text_data: 'STATUS',
  post: 'STATUS',
}

/** A creative as the vendor answers it, with every field it has. Its pictures' addresses are others with every minute. */
export function creativeRow(account: MetaAccount, creative: MetaCreative, now: number): Raw {
  const { id, kind, ad, version } = creative
  const content = contentOf(account, creative)
  const signed = (what: string): string =>
    `https://cdn.example/${id}/${what}.jpg?sig=${Math.floor(now / 60_000)}&oh=${what.length}`
  const page = `555${account.spec.id}`
  return {
    id,
    account_id: String(account.spec.id),
    name: `${ad.name} creative ${version + 1}`,
    status: 'ACTIVE',
    object_type: objectTypes[kind] ?? 'SHARE',
    actor_id: page,
    thumbnail_url: signed('thumbnail'),
    ...(kind === 'text_data' ? {} : { image_url: signed('image') }),
    ...placed(kind, content, { page, signed }),
    ...(kind === 'post' ? { object_story_id: `${page}_${id}` } : {}),
    ...(kind === 'text_data' || kind === 'plain' ? {} : { effective_object_story_id: `${page}_${id}` }),
    ...account.editsOf(id),
  }
}

interface Placing {
  readonly page: string
  readonly signed: (what: string) => string
}

/** The content where it stands in a creative of this kind. */
function placed(kind: CreativeKind, content: Content, { page, signed }: Placing): Raw {
  const { headlines, bodies, descriptions, links, imageHashes, videoIds, callToAction } = content
  const [title] = headlines
  const [body] = bodies
  const story = (data: Raw): Raw => ({ object_story_spec: { page_id: page, [kind]: data } })
  const call = (link: string | undefined) => ({ type: callToAction, value: { link } })
  switch (kind) {
    case 'asset_feed_spec':
      return {
        object_story_spec: { page_id: page },
        asset_feed_spec: {
          titles: headlines.map((text) => ({ text })),
          bodies: bodies.map((text) => ({ text })),
          descriptions: descriptions.map((text) => ({ text })),
          images: imageHashes.map((hash) => ({ hash, url: signed(hash) })),
          link_urls: links.map((url) => ({ website_url: url, display_url: 'dealer.example' })),
          call_to_action_types: [callToAction],
          ad_formats: ['SINGLE_IMAGE'],
        },
      }
    case 'link_data':
    case 'template_data':
      return story({
        message: body,
        name: title,
        description: descriptions[0],
        caption: 'dealer.example',
        link: links[0],
        image_hash: imageHashes[0],
        picture: signed('picture'),
        call_to_action: call(links[0]),
        child_attachments: [1, 2].map((nth) => ({
          name: headlines[nth],
          description: descriptions[1],
          link: links[nth],
          image_hash: imageHashes[nth],
          picture: signed(`card-${nth}`),
        })),
      })
    case 'video_data':
      return {
        video_id: videoIds[0],
        image_hash: imageHashes[0],
        call_to_action_type: callToAction,
        ...story({
          video_id: videoIds[0],
          message: body,
          title,
          link_description: descriptions[0],
          image_hash: imageHashes[0],
          image_url: signed('still'),
          call_to_action: call(links[0]),
        }),
      }
    case 'photo_data':
      return story({ caption: body, image_hash: imageHashes[0], url: signed('photo') })
    case 'text_data':
      return story({ message: body })
    case 'post':
      return { body }
    case 'plain':
      return {
        title,
        body,
        link_url: links[0],
        image_hash: imageHashes[0],
        call_to_action_type: callToAction,
      }
  }
}
