it('leaves an interval', () => {
  setInterval(() => undefined, 1_000_000);
});
