#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Who may search at the export: versions, with a key and without, the kinds of
# credentials, scopes; what a plan allows; what is not counted; refusals in
# each form, and with the status of the original.

use strict;
use warnings;
use utf8;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Export;
use Tender::Login qw(login cookie);
use Tender::Test;


my $t = export_test(
    http => 'tender_auth_cache off;
        tender_plan preview minute=0;
        tender_plan small page=5 depth=10 all=off;
        tender_plan deep page=5 depth=10 all=on;
        tender_plan daily day=3;',
    location => '
        location = /open/export { tender_export; tender_anonymous read; }
        location = /scoped/export { tender_export; tender_scope create; }
        location = /old/export { tender_export;
                                 tender_export_legacy_status on;
                                 client_max_body_size 1; }
        location = /api1.0.1/export { tender_export; }
        location = /x/api2.0/y/export { tender_export; }
        location / { tender_account; tender_session_secure off; }',
);
my $account = account($t, scopes => ['read'], tenant => 'acme');
my $code    = api_code($t, $account);
my $key     = $code->{code};

tender($t, {
    title => "Tender $_", description => 'Text',
    procuringEntity => { id => { name => 'Buyer', uid => '77' } },
    totalValue => { amount => $_, currency => 'UAH' },
    attachments => [ { description => 'Plan',
                       uri => 'http://example.com/plan' } ],
}) for 1 .. 12;

versions();
preview();
credentials();
rights();
plans();
counting();
tags();
legacy();
faults();
secrets();

$t->finish;
done_testing;


sub count { @{ $_[0]->json } - 1 }


sub versions {
    my $access = sub {
        my $r = $t->get($_[0]);

        return $r->status == 200
               ? $r->header('X-Tender-Access') // 'all' : $r->status;
    };

    is($access->($_), 'preview', "$_: newer ones work without a key")
        for '/api/export', '/api2.3/export', '/api/export?version=2.1',
            '/api/export?version=2.3', '/api2.0/export?version=2.2',
            '/api1.0.1/export';
    is($access->($_), 401, "$_: older ones do not")
        for '/api1/export', '/api2.0/export', '/api/export?version=1',
            '/api/export?version=2', '/api/export?version=2.0',
            '/api2.3/export?version=1.9', '/x/api2.0/y/export';
    is($access->("$_&api_code=$key"), 'all', "$_: with a key")
        for '/api1/export?', '/api2.0/export?', '/api/export?version=1',
            '/api2.3/export?', '/api/export?';

    denied($t->get("/api/export?version=$_&dtype=json"), 400, 'bad_request',
           qr/^version: Expected 1\.0 to 2\.3$/, "version=$_")
        for '0.9', '2.4', '3', 'x', '2.', '.1', '2.0.1', '1e1', '100', '-1';

    my $r = $t->get('/api1/export?dtype=json');

    denied($r, 401, 'unauthorized', qr/^Credentials are needed here$/,
           'no key');
    like($r->header('WWW-Authenticate'), qr/^Bearer realm="tender"/,
         'a challenge');
}


sub preview {
    my $r = $t->get("$EXPORT?dtype=json");
    my ($total, @records) = records($r);

    is($r->header('X-Tender-Access'), 'preview', 'X-Tender-Access');
    is($total, 12, 'the number of all');
    is(join(' ', map { $_->{ID} } @records), join(' ', reverse 3 .. 12),
       'the ten newest');
    is_deeply({ map { $_ => $records[0]{$_} }
                qw(Etp Customer CustomerINN TenderName Price) },
              { Etp => '', Customer => '', CustomerINN => '',
                TenderName => 'Tender 12', Price => '12' },
              'buyer and platform are hidden');
    is($r->header('Link'), undef, 'no Link');
    is($r->header('X-Tender-Cursor'), undef, 'no cursor');
    is($r->header('Cache-Control'), 'no-cache', 'Cache-Control');

    is(count($t->get("$EXPORT?dtype=json&tenpage=100")), 10,
       'tenpage is cut');
    is(count($t->get("$EXPORT?dtype=json&tenpage=2")), 2,
       'less may be asked for');

    my %denied = (
        'page=2' => 'plan_page_limit', 'page=2&tenpage=1' =>
        'plan_page_limit', 'all=1' => 'preview',
        'sort_by=by_price' => 'preview', 'sort_dest=asc' => 'preview',
        'sort_by=by_modified' => 'preview',
    );

    denied($t->get("$EXPORT?dtype=json&$_"), 403, $denied{$_}, qr/./,
           "preview: $_") for sort keys %denied;
    is($t->get("$EXPORT?dtype=json&$_")->status, 200, "preview: $_")
        for 'page=1', 'sort_by=by_date&sort_dest=desc', 'kwords=tender',
            'mode=statuses', 'price1=5';

    my $cursor = $t->get("$EXPORT?api_code=$key")->header('X-Tender-Cursor');

    denied($t->get("$EXPORT?dtype=json&cursor=$cursor"), 403,
           'plan_page_limit', qr/./, 'preview: a cursor');

    my ($card) = (records($t->get("$EXPORT?dtype=json&id=3")))[1];

    is_deeply({ map { $_ => $card->{$_} }
                qw(Customer docsXML contactName Info) },
              { Customer => '', docsXML => { document => [] },
                contactName => '', Info => 'Text' }, 'a card, too');

    my ($row) = reread($t->get("$EXPORT?dtype=csv&kwords=tender&tenpage=1"));

    is($row->{Customer}, '', 'in CSV');
    ($row) = reread($t->get("$EXPORT?kwords=tender&tenpage=1"));
    is($row->{Etp}, '', 'in XML');
}


sub credentials {
    my $full = sub {
        my ($name, $headers, $query) = @_;
        my $r = $t->get("$EXPORT?dtype=json&tenpage=1" . ($query // ''),
                        $headers);

        is($r->status, 200, "$name: 200") or diag($r->body);
        is($r->header('X-Tender-Access'), undef, "$name: all of it");
        is($r->header('Cache-Control'), 'private, no-cache',
           "$name: Cache-Control");
    };

    $full->('X-Api-Code', { 'X-Api-Code' => $key });
    $full->('Bearer', { Authorization => "Bearer $key" });
    $full->('api_code', undef, "&api_code=$key");
    is($t->get("$EXPORT?api_code=$key")->header('Referrer-Policy'),
       'no-referrer', 'a code in the address leaks nowhere');

    # a session

    user($t, $account, login => 'clerk',
         password => 'four-oak-chairs-please');

    my $cookie = 'tender_session='
                 . cookie(login($t, 'clerk@acme', 'four-oak-chairs-please'));

    $full->('a session', { Cookie => $cookie });

    # two, or one that is wrong

    my $two = qr/^More than one credential$/;

    denied($t->get("$EXPORT?dtype=json&api_code=$key",
                   { 'X-Api-Code' => $key }), 400, 'bad_request', $two,
           'a code and a header');
    denied($t->get("$EXPORT?dtype=json&api_code=$key",
                   { Cookie => $cookie }), 400, 'bad_request', $two,
           'a code and a session');
    denied($t->get("$EXPORT?dtype=json&api_code=$key&api_code="
                   . 'eg32da3s622HHdf'), 400, 'bad_request',
           qr/^(?:api_code: Duplicate parameter|$two)$/, 'two codes');

    my $bad = qr/^The credential is unknown, has expired/;

    denied($t->get("$EXPORT?dtype=json&api_code=eg32da3s622HHdf"), 401,
           'unauthorized', $bad, 'a code that is none: no preview');
    denied($t->get("$EXPORT?dtype=json&api_code=$code->{refresh}"), 401,
           'unauthorized', $bad, 'a refresh code');
    denied($t->get("$EXPORT?dtype=json&api_code="), 400, 'bad_request',
           qr/^Malformed credentials$/, 'an empty code');
}


sub rights {
    my $other = api_code($t, account($t, scopes => ['create']));
    my $r = $t->get("$EXPORT?dtype=json&api_code=$other->{code}");

    denied($r, 403, 'forbidden', qr/^Forbidden$/, 'without the scope read');
    like($r->header('WWW-Authenticate'),
         qr/error="insufficient_scope", scope="read"/, 'which it says');

    # tender_scope asks for more, and then there is no preview

    my $both = api_code($t, account($t, scopes => ['read', 'create']));

    is($t->get("/scoped/export?api_code=$both->{code}")->status, 200,
       'tender_scope: who has it');
    is($t->get("/scoped/export?api_code=$key")->status, 403,
       'tender_scope: who has not');
    is($t->get('/scoped/export')->status, 401,
       'tender_scope: nobody at all');

    # tender_anonymous read lets anybody in

    $r = $t->get('/open/export?dtype=json&version=1.0');
    is($r->header('X-Tender-Access'), undef, 'tender_anonymous read: all');
    is((records($r))[1]{Customer}, 'Buyer', 'nothing is hidden');
}


sub plans {
    my $small = key_of($t, plan => 'small');
    my $deep  = key_of($t, plan => 'deep');
    my $limit = qr/^The plan does not allow so long or so late a page$/;

    is(count(ask($t, 'dtype=json', $small)), 5,
       'a page is as long as it may be');
    is(count(ask($t, 'dtype=json&page=2', $small)), 5,
       'the second one');
    denied(ask($t, 'dtype=json&tenpage=6', $small), 403, 'plan_page_limit',
           $limit, 'a longer one');
    denied(ask($t, 'dtype=json&page=3', $small), 403, 'plan_page_limit',
           $limit, 'a later one');
    denied(ask($t, 'dtype=json&all=1', $small), 403, 'plan_all',
           qr/^The plan does not allow all/, 'all=1');

    # nor does a cursor lead beyond it

    my $r = ask($t, '', $small);
    my $cursor = $r->header('X-Tender-Cursor');

    ok($r->header('Link'), 'Link leads to the second page');
    $r = ask($t, "cursor=$cursor", $small);
    is($r->status, 200, 'the second page');
    is($r->header('Link'), undef, 'which is the last one of this plan');
    denied(ask($t, "dtype=json&tenpage=3&cursor="
                   . ask($t, "tenpage=5&cursor=$cursor",
                         $deep)->header('X-Tender-Cursor'), $small), 403,
           'plan_page_limit', $limit, 'a cursor of another plan');

    # a plan that allows all of them allows a cursor as well

    denied(ask($t, 'dtype=json&page=3', $deep), 403, 'plan_page_limit',
           $limit, 'by pages the depth counts');
    $r = ask($t, '', $deep);
    $r = ask($t, 'cursor=' . $r->header('X-Tender-Cursor'), $deep);
    $r = ask($t, 'dtype=json&cursor=' . $r->header('X-Tender-Cursor'),
             $deep);
    is(count($r), 2, 'by cursors it does not');
    is(ask($t, 'all=1', $deep)->status, 200, 'all=1');

    # beyond what any plan allows

    denied(ask($t, 'dtype=json&page=101&tenpage=100', $key), 403,
           'plan_page_limit', $limit, 'deeper than a search goes');
    is((found($t, 'page=100&tenpage=100', $key))[0], 12,
       'as deep as it goes');
}


sub counting {
    my $daily = key_of($t, plan => 'daily');
    my $r = ask($t, '', $daily);
    my $tag = $r->header('ETag');

    is($r->header('X-RateLimit-Remaining'), 2, 'a request is counted');
    like($r->header('RateLimit'), qr/^"day";r=2;t=\d+$/, 'RateLimit');
    is($r->header('RateLimit-Policy'), '"day";q=3;w=86400',
       'RateLimit-Policy');

    # neither is a refusal, nor what has not changed

    is(ask($t, $_, $daily)->status >= 400, 1, "refused: $_")
        for 'dtype=x', 'page=0', 'strict=1&x=1', 'price1=x', 'tenpage=101';

    for (1 .. 4) {
        $r = ask($t, '', $daily, { 'If-None-Match' => $tag });
        is($r->status, 304, 'not modified');
    }

    ok($t->wait_for(sub {
        my $left = ask($t, '', $daily, { 'If-None-Match' => $tag })
                   ->header('X-RateLimit-Remaining');

        return defined $left && $left == 1;
    }), 'which was given back');

    my @status = map { ask($t, "tenpage=$_", $daily)->status } 1 .. 3;

    is_deeply(\@status, [200, 200, 429], 'three a day');

    $r = ask($t, 'dtype=json', $daily);
    denied($r, 429, 'too_many_requests', qr/^As many requests as the plan/,
           'in JSON');
    like($r->header('Retry-After'), qr/^\d+$/, 'Retry-After');
    denied(ask($t, 'dtype=csv', $daily), 429, 'too_many_requests', qr/^As/,
           'in CSV');
    denied(ask($t, '', $daily), 429, 'too_many_requests', qr/^As/, 'in XML');
    is(ask($t, '', $key)->status, 200, 'others go on');
}


sub tags {
    my $get = sub {
        my ($query, $tag) = @_;

        return $t->get("$EXPORT?$query",
                       { 'X-Api-Code' => $key,
                         defined $tag ? ('If-None-Match' => $tag) : () });
    };
    my $r   = $get->('tenpage=3');
    my $tag = $r->header('ETag');

    like($tag, qr/^"[0-9a-f]{32}"\z/, 'ETag');
    like($r->header('Last-Modified'), qr/GMT$/, 'Last-Modified');

    $r = $get->('tenpage=3', $tag);
    is($r->status, 304, 'If-None-Match');
    is($r->body, '', 'without a body');
    is($r->header('ETag'), $tag, 'with the tag');
    is($r->header('Cache-Control'), 'private, no-cache', 'Cache-Control');
    is($get->('tenpage=3', $_)->status, 304, "If-None-Match: $_")
        for "W/$tag", "\"x\", $tag", "\"x\",W/$tag", '*';
    is($get->('tenpage=3', $_)->status, 200, "If-None-Match: $_")
        for '"x"', $tag =~ tr/"//dr, '"', '""', 'W/"x", "y"', '",' . $tag;

    my %seen = ($tag => 1);

    for my $query ('tenpage=3&dtype=json', 'tenpage=3&dtype=csv',
                   'tenpage=3&dtype=csv&delimiter=;', 'tenpage=4',
                   'tenpage=3&dtype=csv&bom=1', 'tenpage=3&fields=ID',
                   'tenpage=3&count=0', 'tenpage=3&page=2', 'id=1', 'id=2',
                   'kwords=nothing', 'mode=cpv')
    {
        my $other = $get->($query)->header('ETag');

        ok(!$seen{$other}++, "another tag: $query");
        is($get->($query, $other)->status, 304, "and 304: $query");
    }

    isnt($t->get("$EXPORT?tenpage=3")->header('ETag'), $tag,
         'another one without a key');

    # what is shown changes, and so does the tag

    my ($id) = $get->('fields=TenderLink&dtype=json&id=12')->body
               =~ /(\w{32})\.html/;

    $t->patch("/api/0.1/tenders/$id", { data => { title => 'Changed' } });

    $r = $get->('tenpage=3&dtype=json', $tag);
    is($r->status, 200, 'a change is seen');
    like($r->body, qr/"TenderName":"Changed"/, 'at once');
    $t->patch("/api/0.1/tenders/$id", { data => { title => 'Tender 12' } });
}


sub legacy {
    for my $case (['version=1', 'unauthorized'], ['page=0', 'bad_request'],
                  ['page=2', 'plan_page_limit'], ['id=999', 'not_found'],
                  ['dtype=yaml', 'bad_request'],
                  ['api_code=x', 'unauthorized'],
                  ['kwords=%ff', 'bad_request'],
                  ['get_api_code=true&refresh_code=x', 'unauthorized'])
    {
        denied($t->get("/old/export?$case->[0]"), 200, $case->[1], qr/./,
               "the original's status: $case->[0]");
    }

    denied($t->get('/old/export?dtype=json&all=1'), 200, 'preview', qr/./,
           'in JSON');
    denied($t->request('POST', '/old/export?dtype=csv'), 200,
           'method_not_allowed', qr/./, 'in CSV');
    denied($t->request('GET', '/old/export?dtype=json', {}, 'a body'), 200,
           'refused', qr/./, 'what nginx refuses itself');
    is($t->get('/old/export?dtype=json')->status, 200, 'and what is none');
}


# a store that is away is a 503 whatever the original says

sub faults {
    $t->stop_redis;

    for my $place ('/api', '/old') {
        my $r = $t->get("$place/export?dtype=json");

        denied($r, 503, 'unavailable', qr/./, "$place: no store");
        is($r->header('Retry-After'), 1, 'Retry-After');
    }

    denied($t->get('/api/export?dtype=csv&id=1'), 503, 'unavailable', qr/./,
           'a card');
    denied($t->get('/api/export?mode=cpv'), 503, 'unavailable', qr/./,
           'a dictionary');

    $t->start_redis;
    ok($t->wait_for(sub {
        $t->get("$EXPORT?dtype=json")->body eq '[{"Total":"0"}]';
    }), 'it goes on, with what the store has');
}


sub secrets {
    my $logs = $t->kept_log . $t->access_log;

    like($logs, qr/api_code=\*{36}/, 'the log has it masked');
    unlike($logs, qr/\Q$key\E|four-oak/, 'no secret is in a log');
}
