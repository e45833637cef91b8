import ts from "typescript";

const BASES = new Set(["it", "test", "describe"]);
/** With these a test does not run, or not everywhere, or has to fail: none of them holds a promise. */
const DEADENING = new Set(["skip", "todo", "skipIf", "runIf", "fails"]);

/** A `describe`, `it` or `test` by its title as the source has it, placeholders included. */
export interface NamedTest {
  title: string;
  kind: "suite" | "test";
  /** Whether it runs wherever its file does; of a suite, whether a test in it does. */
  live: boolean;
  /** What an `each` runs it for, where the table says so in words. */
  cases: string[];
}

const read = new Map<string, NamedTest[]>();

/** Every suite and test of a file. Comments hold none, whatever they say. */
export function testsIn(source: string): readonly NamedTest[] {
  const known = read.get(source) ?? parse(source);
  read.set(source, known);
  return known;
}

function parse(source: string): NamedTest[] {
  const file = ts.createSourceFile("x.test.ts", source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const found: NamedTest[] = [];
  const visit = (node: ts.Node, alive: boolean): boolean => {
    const declared = ts.isCallExpression(node) ? declarationOf(node, file) : undefined;
    const own = alive && declared?.live !== false;
    const entry = declared && { ...declared, live: own };
    if (entry !== undefined) found.push(entry);
    let inner = false;
    ts.forEachChild(node, (child) => {
      inner = visit(child, own) || inner;
    });
    if (entry?.kind === "suite") entry.live = own && inner;
    return entry?.kind === "test" ? own : inner;
  };
  visit(file, true);
  return found;
}

/** Whether a title, or a case of a table, names a test of the file that runs. */
export function isLiveTest(title: string, source: string): boolean {
  return testsIn(source).some((test) => test.live && (test.title === title || test.cases.includes(title)));
}

function declarationOf(call: ts.CallExpression, file: ts.SourceFile): NamedTest | undefined {
  const words = wordsOf(call.expression);
  const [base = ""] = words;
  const [first] = call.arguments;
  if (!BASES.has(base) || first === undefined) return undefined;
  const title = titleOf(first, file);
  if (title === undefined) return undefined;
  const kind = base === "describe" ? "suite" : "test";
  const dead = words.some((word) => DEADENING.has(word)) || call.arguments.some(isDeadOption);
  const skipsItself = kind === "test" && call.arguments.some((argument) => callsSkip(argument));
  return { title, kind, live: !dead && !skipsItself, cases: casesOf(call.expression, file) };
}

/** `it.each([…])` and `it.skip` by their names, outermost last: `["it", "each"]`, `["it", "skip"]`. */
function wordsOf(callee: ts.Expression): string[] {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) return [...wordsOf(callee.expression), callee.name.text];
  if (ts.isCallExpression(callee)) return wordsOf(callee.expression);
  if (ts.isTaggedTemplateExpression(callee)) return wordsOf(callee.tag);
  return [];
}

function titleOf(node: ts.Expression, file: ts.SourceFile): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.getText(file).slice(1, -1);
  return undefined;
}

/** `it("…", { skip: true }, …)`. */
function isDeadOption(argument: ts.Expression): boolean {
  return (
    ts.isObjectLiteralExpression(argument) &&
    argument.properties.some(({ name }) => name && ts.isIdentifier(name) && DEADENING.has(name.text))
  );
}

/** A test that skips itself while it runs: `context.skip()`. */
function callsSkip(node: ts.Node): boolean {
  if (ts.isCallExpression(node) && wordsOf(node.expression).at(-1) === "skip") return true;
  return ts.forEachChild(node, (child) => callsSkip(child) || undefined) ?? false;
}

/** The words by which a table names its rows: the first text of each. */
function casesOf(callee: ts.Expression, file: ts.SourceFile): string[] {
  if (!ts.isCallExpression(callee) || wordsOf(callee).at(-1) !== "each") return [];
  const [given] = callee.arguments;
  const table = given !== undefined && ts.isIdentifier(given) ? constantOf(given.text, file) : given;
  if (table === undefined || !ts.isArrayLiteralExpression(table)) return [];
  return table.elements.flatMap((row) => {
    const name = ts.isArrayLiteralExpression(row) ? row.elements[0] : row;
    return name !== undefined && ts.isStringLiteralLike(name) ? [name.text] : [];
  });
}

/** What a constant is, wherever in the file it is declared first. */
function constantOf(name: string, node: ts.Node): ts.Expression | undefined {
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === name)
    return node.initializer;
  return ts.forEachChild(node, (child) => constantOf(name, child));
}
