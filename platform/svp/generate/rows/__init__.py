"""The numbers of the generator as rows of the canonical tables: ids, texts, dates, decimals."""
