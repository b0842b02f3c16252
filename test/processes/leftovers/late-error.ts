it('throws after its end', () => {
  setTimeout(() => {
    throw new Error('thrown after a test');
  }, 50);
});
