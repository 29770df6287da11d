/** What the host throws at a script that asks for something wrong; the script may catch it. */

export class Refusal extends Error {
  constructor(name: 'TypeError' | 'RangeError' | 'InternalError' | 'Error', message: string) {
    super(message);
    this.name = name;
  }
}
