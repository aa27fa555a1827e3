"""Money is whole öre, SEK."""

VAT_PERCENT = 25


def vat_on(net: int) -> int:
    """VAT of 25 % on an amount without VAT (never negative), in öre.

    It is computed once, on the sum of an invoice's lines, and rounded half up to whole öre: of 2 öre
    it is 1 öre (0.5), of 1 öre 0 (0.25). Lines need no rounding: prices are whole öre, quantities whole.
    """
    return (net * VAT_PERCENT + 50) // 100
