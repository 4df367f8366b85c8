/** Splits a line as a POSIX shell does, without expanding anything: blanks separate, quotes and backslashes protect. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)/gy;
  for (const match of line.matchAll(pattern)) words.push(unquote(match[1] as string));
  return words;
}

function unquote(word: string): string {
  return word.replace(/\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"/g, (_all, escaped, single, double) => {
    if (escaped !== undefined) return String(escaped);
    return single === undefined ? String(double).replace(/\\(["\\$`])/g, '$1') : String(single);
  });
}
