/** A link that saves a file made here. The mark at its start tells Excel that the text is UTF-8. */
export function csvLink({ filename, content }: { filename: string; content: string }): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\uFEFF", content], { type: "text/csv;charset=utf-8" }));
  link.download = filename;
  return link;
}
