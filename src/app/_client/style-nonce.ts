declare global {
  var __webpack_nonce__: string | undefined;
}

/**
 * Dialogs lock the page's scroll by a style element. Under a strict content policy it needs the page's nonce, which
 * the style library reads from this well-known global; the scripts of the page carry it.
 */
export function shareStyleNonce(): void {
  globalThis.__webpack_nonce__ ??= document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
}
