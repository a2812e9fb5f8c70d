-- A report drills through to a customer by the code alone, whatever the source: without a key that begins with it, all
-- rows of months are read for one customer.
ALTER TABLE dim_customer ADD KEY dim_customer_code (customer_code)
