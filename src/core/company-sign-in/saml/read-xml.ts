import { DOMParser } from "@xmldom/xmldom";

/** Well-formed XML, and nothing that the parser would have to mend. @throws Error that says why. */
export function parseXml(text: string): Document {
  const refuse = (message: string) => {
    throw new Error(`not well-formed: ${message.slice(0, 100)}`);
  };
  const parser = new DOMParser({ errorHandler: { warning: refuse, error: refuse, fatalError: refuse } });
  return parser.parseFromString(text, "text/xml");
}
