it('awaits no rejection', () => {
  void Promise.reject(new Error('rejected in a test'));
});
