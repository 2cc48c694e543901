"""The paper's master formula, trained by gradients: trees of soft choices that become hard."""
