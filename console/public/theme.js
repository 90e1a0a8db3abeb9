// Before the first paint: the colours the member chose, else those of the system.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('wayleave-theme');
  } catch (e) {
    /* storage may be refused */
  }
  var dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
