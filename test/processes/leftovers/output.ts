it('prints', () => {
  console.log('said by a test');
});
