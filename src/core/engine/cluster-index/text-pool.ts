const maxTexts = 20_000;

/**
 * Shares equal texts: a hundred thousand records name a few kinds, namespaces, images and owners over and over. A cache: when it is
 * full it begins anew, which costs sharing and nothing else.
 */
export class TextPool {
  #texts = new Map<string, string>();

  share(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= maxTexts) this.#texts = new Map();
    this.#texts.set(text, text);
    return text;
  }
}
