import { JSONParser, TokenType } from '@streamparser/json'
import { UnexpectedError } from '../job/errors'
import { WrongAnswer } from './outcome'

/** Takes one long JSON array apart while its text arrives: what was handed out is forgotten. */
export class JsonArray {
  readonly #parser: JSONParser
  readonly #field: string | undefined
  #elements: unknown[] = []
  #depth = 0
  #key: unknown
  #isFound = false

  /** `field` is the field of the answer that holds the array; undefined where the answer is the array. */
  constructor(field: string | undefined) {
    // In a path of the parser other characters have meanings of their own.
    if (field !== undefined && !/^\w+$/.test(field)) throw new UnexpectedError(`no field to read: ${field}`)
    this.#field = field
    this.#parser = new JSONParser({ paths: [field === undefined ? '$.*' : `$.${field}.*`], keepStack: false })
    this.#parser.onToken = ({ token, value }) => this.#look(token, value)
    this.#parser.onValue = ({ value }) => void this.#elements.push(value)
  }

  /** The elements that these bytes complete. Throws `WrongAnswer` for anything but the array it is to be. */
  write(bytes: Uint8Array): unknown[] {
    try {
      this.#parser.write(bytes)
    } catch (error) {
      // The parser's own error is dropped: it quotes the text.
      throw error instanceof WrongAnswer ? error : new WrongAnswer('the answer is not valid JSON')
    }
    return this.#elements.splice(0)
  }

  /** To be called when no more bytes come. False where the text breaks off. */
  end(): boolean {
    if (!this.#parser.isEnded) return false
    if (!this.#isFound) throw new WrongAnswer(`the answer has no field ${this.#field}`)
    return true
  }

  /** Sees every token before the parser does, so that it can refuse what stands where the array should. */
  #look(token: TokenType, value: unknown): void {
    const opens = token === TokenType.LEFT_BRACKET || token === TokenType.LEFT_BRACE
    if (this.#depth === 0) this.#expect(token, this.#field === undefined)
    else if (this.#depth === 1 && this.#field !== undefined) this.#lookAtField(token, value)
    if (opens) this.#depth += 1
    if (token === TokenType.RIGHT_BRACKET || token === TokenType.RIGHT_BRACE) this.#depth -= 1
  }

  #lookAtField(token: TokenType, value: unknown): void {
    if (token === TokenType.COLON) return
    if (this.#key === undefined) {
      if (token === TokenType.STRING) this.#key = value
      return
    }
    // What stands after a key is its value, and a nested one ends the key just as well as a plain one.
    if (this.#key === this.#field) this.#expect(token, true)
    this.#key = undefined
  }

  #expect(token: TokenType, array: boolean): void {
    if (token !== (array ? TokenType.LEFT_BRACKET : TokenType.LEFT_BRACE)) {
      throw new WrongAnswer(array ? 'there is no array where one is documented' : 'the answer is no object')
    }
    if (array) this.#isFound = true
  }
}
