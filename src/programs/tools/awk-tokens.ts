/** awk's text as tokens, read one ahead. */

/** Something that awk has and this does not. */
export class AwkError extends Error {}

const tokenPattern =
  /\s*(?:("(?:[^"\\]|\\[^])*")|([0-9]+(?:\.[0-9]+)?)|([A-Za-z_]\w*)|(\+\+|--|\+=|-=|\*=|\/=|==|!=|<=|>=|&&|\|\||!~|[-+*%/$(){},;<>=!~?:\n]))/y;

export class AwkTokens {
  protected token = '';
  protected kind: 'string' | 'number' | 'name' | 'sign' | 'end' = 'end';
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text.replace(/#[^\n"]*$/gm, '');
    this.next();
  }

  protected is(token: string): boolean {
    return this.token === token;
  }

  /** The rest of a regular expression whose first slash was just read. */
  protected slashed(): string {
    const found = /^((?:[^/\\\n]|\\[^])*)\//.exec(this.text.slice(this.at));
    if (!found) throw new AwkError('an unfinished regular expression');
    this.at += found[0].length;
    this.next();
    return (found[1] ?? '').replaceAll('\\/', '/');
  }

  /** After `~` a regular expression between slashes stands for its text. */
  protected next(beforePattern = false): void {
    if (beforePattern) {
      const found = /^\s*\/((?:[^/\\\n]|\\[^])*)\//.exec(this.text.slice(this.at));
      if (found) {
        this.at += found[0].length;
        this.token = JSON.stringify((found[1] ?? '').replaceAll('\\/', '/'));
        this.kind = 'string';
        return;
      }
    }
    if (this.text.slice(this.at).trim() === '') {
      this.token = '';
      this.kind = 'end';
      return;
    }
    const newline = /^[ \t]*\n/.exec(this.text.slice(this.at));
    if (newline) {
      this.at += newline[0].length;
      this.token = '\n';
      this.kind = 'sign';
      return;
    }
    tokenPattern.lastIndex = this.at;
    const found = tokenPattern.exec(this.text);
    if (!found) throw new AwkError(`"${this.text.slice(this.at).trim().charAt(0)}"`);
    this.at = tokenPattern.lastIndex;
    const [, string, digits, name, sign] = found;
    this.token = string ?? digits ?? name ?? sign ?? '';
    this.kind =
      string !== undefined ? 'string' : digits !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
  }
}
