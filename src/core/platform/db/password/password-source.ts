/** Where new connections find their password, when it is not in the address. */
export interface PasswordSource {
  read(): Promise<string>;
  /** Changes whenever `read` has something new to say. */
  version(): number;
  /** PostgreSQL refused what `read` said at that version: whether there is another one to try. */
  renew(version: number): Promise<boolean>;
}
