"""How ``lift`` reads EML trees: values as sums of products, and the functions seen in them."""
