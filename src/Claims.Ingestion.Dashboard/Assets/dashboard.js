// What the pages need in the browser: the choice of colours, the skip link, and giving a lost page back. Everything else comes from the server.
(function () {
  'use strict';
  const root = document.documentElement;
  const words = { light: 'Light', dark: 'Dark', system: 'System' };

  function chosen() { return root.dataset.theme || 'system'; }

  function show() {
    document.querySelectorAll('[data-theme-word]').forEach(e => { if (e.textContent !== words[chosen()]) e.textContent = words[chosen()]; });
  }

  function choose(theme) {
    if (theme === 'system') delete root.dataset.theme; else root.dataset.theme = theme;
    const path = new URL(document.baseURI).pathname;
    const age = theme === 'system' ? 0 : 31536000;
    document.cookie = `claims-theme=${theme}; path=${path}; max-age=${age}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
    show();
  }

  document.addEventListener('click', event => {
    if (event.target.closest('[data-theme-switch]')) {
      const order = ['system', 'light', 'dark'];
      choose(order[(order.indexOf(chosen()) + 1) % order.length]);
    }
    const skip = event.target.closest('[data-skip]');
    if (skip) {
      event.preventDefault();
      event.stopPropagation();
      const main = document.getElementById('main');
      main.focus();
      main.scrollIntoView();
    }
  }, true);

  // A host that was started anew does not know this page any more: it is loaded again, once it answers.
  const modal = document.getElementById('components-reconnect-modal');
  modal.addEventListener('components-reconnect-state-changed', event => {
    if (event.detail.state === 'rejected') location.reload();
    if (event.detail.state === 'failed') document.addEventListener('visibilitychange', () => { if (!document.hidden) location.reload(); }, { once: true });
  });

  new MutationObserver(show).observe(document.body, { childList: true, subtree: true });
  show();
})();
