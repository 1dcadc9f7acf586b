[assembly: Trait("Category", "E2e")]
