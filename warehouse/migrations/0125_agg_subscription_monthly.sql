CREATE TABLE IF NOT EXISTS agg_subscription_monthly (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    opening_subscribers int NOT NULL COMMENT 'Customers with a paid subscription when the month began, distinct',
    new_subscribers int NOT NULL COMMENT 'Of those at its end, who had never paid before it, count',
    reactivated_subscribers int NOT NULL COMMENT 'Of those at its end, who had paid before, but not when it began, count',
    churned_subscribers int NOT NULL COMMENT 'Of those at its beginning, who are none at its end, count',
    closing_subscribers int NOT NULL COMMENT 'Customers with a paid subscription when the month ended, distinct',
    opening_unpriced int NOT NULL COMMENT 'Of those at its beginning, whose price nobody knows or no rate converts, count',
    closing_unpriced int NOT NULL COMMENT 'The same of those at its end, count',
    opening_minor decimal(38, 0) NOT NULL COMMENT 'Monthly prices when the month began, minor units of the currency',
    new_minor decimal(38, 0) NOT NULL COMMENT 'Monthly prices of new subscribers, minor units',
    expansion_minor decimal(38, 0) NOT NULL COMMENT 'What subscribers at both ends pay more at the end, minor units',
    contraction_minor decimal(38, 0) NOT NULL COMMENT 'What subscribers at both ends pay less at the end, minor units',
    churn_minor decimal(38, 0) NOT NULL COMMENT 'Monthly prices that churned subscribers paid, minor units',
    reactivation_minor decimal(38, 0) NOT NULL COMMENT 'Monthly prices of reactivated subscribers, minor units',
    closing_minor decimal(38, 0) NOT NULL COMMENT 'Monthly prices when the month ended, minor units',
    revenue_minor decimal(38, 0) NOT NULL COMMENT 'All that was charged in the month and has a rate, minor units',
    currency_key int NOT NULL COMMENT 'dim_currency.currency_key of all amounts',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (month_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per month from the first paid subscription to the last subscription event'
